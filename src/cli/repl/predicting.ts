/** `.predict`: before each call, what will it return? Which state follows? Then it is compared. */
import type { Line } from '../../script/statement.ts';
import { prepare } from '../../socket/calls/prepare.ts';
import { BadCall } from '../../socket/errors.ts';
import type { Job } from '../../socket/session/job.ts';
import type { Session } from '../../socket/session/session.ts';
import { type Answer, readAnswer } from '../../teach/predict/answer.ts';
import { type Came, judge } from '../../teach/predict/judge.ts';
import { type Question, questionsFor } from '../../teach/predict/question.ts';
import { NO_SCORE, type Score, scored, scoreText } from '../../teach/predict/score.ts';
import { evidenceOf } from '../../teach/why/evidence.ts';
import type { Page } from '../../view/page.ts';
import { renderJudgement, renderQuestion } from '../../view/predict.ts';

/** A statement that waits for answers, and those that came. */
interface Open {
  readonly line: string;
  readonly questions: readonly Question[];
  readonly predictions: readonly Prediction[];
}

interface Prediction {
  readonly question: Question;
  readonly answer: Answer;
  /** As it was typed. */
  readonly said: string;
}

/** A statement that may be made now. */
export interface Predicted {
  readonly line: string;
  readonly predictions: readonly Prediction[];
}

export class Predicting {
  private on = false;
  private score: Score = NO_SCORE;
  private open: Open | null = null;
  private readonly page: () => Page;
  private readonly print: (text: string) => void;

  constructor(page: () => Page, print: (text: string) => void) {
    this.page = page;
    this.print = print;
  }

  /** Whether the next line is an answer. */
  get waits(): boolean {
    return this.open !== null;
  }

  /** Asks about the statement, where there is anything to ask. @returns whether it has to wait */
  asks(line: string, parsed: Line, session: Session): boolean {
    if (!this.on || parsed.kind !== 'call') return false;
    const { call } = parsed.statement;
    if (!makesSense(session, parsed)) return false;
    const questions = questionsFor(call, evidenceOf(session));
    if (questions.length === 0) return false;
    this.open = { line, questions, predictions: [] };
    this.ask();
    return true;
  }

  /** Takes an answer. @returns the statement, once all its questions are answered */
  answer(said: string): Predicted | null {
    const { open } = this;
    const question = this.question();
    if (open === null || question === null) return null;
    const answer = readAnswer(question, said);
    if (answer === null) {
      this.print(`  that is no answer here: ${question.form}; Enter skips the question`);
      this.ask();
      return null;
    }
    const predictions = [...open.predictions, { question, answer, said }];
    this.open = { ...open, predictions };
    if (predictions.length < open.questions.length) {
      this.ask();
      return null;
    }
    this.open = null;
    return { line: open.line, predictions };
  }

  /** Holds the predictions against what came, and keeps the score. */
  async compare({ predictions }: Predicted, job: Job, session: Session): Promise<void> {
    const came: Came =
      job.blocked === null
        ? { kind: 'returned', step: await job.step }
        : { kind: 'blocked', blocked: job.blocked };
    const after = {
      ...evidenceOf(session),
      valueOf: (name: string) => session.scope.valueOf(name),
    };
    for (const { question, answer, said } of predictions) {
      const judgement = judge(question, answer, came, after);
      if (judgement === null) continue;
      this.score = scored(this.score, judgement);
      this.print(renderJudgement(judgement, said, this.page()));
    }
  }

  /** Asks the open question again, where there is one: something else was printed behind it. */
  ask(): void {
    const question = this.question();
    if (question !== null) this.print(renderQuestion(question, this.page()));
  }

  /** Leaves the open question; its call is not made. @returns whether there was one */
  leave(): boolean {
    if (this.open === null) return false;
    this.open = null;
    this.print('  the call was not made');
    return true;
  }

  /** `.predict`, `.predict on`, `.predict off`. @returns what to say */
  command(word: string): string {
    switch (word) {
      case 'on':
        this.on = true;
        return '  each call is asked about before it is made; Enter skips a question, .predict off ends it';
      case 'off':
        this.on = false;
        this.leave();
        return `  calls are made at once again; ${scoreText(this.score)}`;
      case '':
        return `  prediction is ${this.on ? 'on' : 'off'}; ${scoreText(this.score)}`;
      default:
        return '  .predict on, .predict off, or .predict alone for the score';
    }
  }

  private question(): Question | null {
    return this.open?.questions[this.open.predictions.length] ?? null;
  }
}

/** A call that can’t be made, or that waits for a name, is not asked about: it says so itself. */
function makesSense(session: Session, { statement }: Extract<Line, { kind: 'call' }>): boolean {
  try {
    prepare(session.scope, statement.call);
    return true;
  } catch (error) {
    if (error instanceof BadCall) return false;
    throw error;
  }
}
