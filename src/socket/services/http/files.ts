/** The files below a folder. */
import { entriesOf, type Opened, openBelow } from '../../../sys/files.ts';
import { errnoNumber } from '../../../sys/platform.ts';
import type { Result } from '../../../sys/sys.ts';
import { asUtf8 } from '../../../wire/bytes.ts';
import type { Door } from '../../door.ts';
import { plainText } from '../plain-text.ts';
import { type Answer, refused } from './answer.ts';
import { contentType } from './content-type.ts';
import { pageFor } from './page.ts';
import { refusal } from './refusal.ts';
import type { Request } from './request.ts';

const INDEX = 'index.html';
/** A folder's page has so many names at most. */
const MOST_LISTED = 10_000;

const NOT_THERE: readonly Result[] = [
  -errnoNumber('ENOENT'),
  -errnoNumber('ENOTDIR'),
  -errnoNumber('ELOOP'),
  -errnoNumber('ENAMETOOLONG'),
];
const NOT_ALLOWED: readonly Result[] = [-errnoNumber('EACCES'), -errnoNumber('EPERM')];

/** @param root the folder, without links in its path */
export function fileAnswer(door: Door, root: string, request: Request): Answer {
  const names = namesOf(request.path);
  if (names === null) return notThere();
  const asFolder = names.at(-1) === '';
  const way = asFolder ? names.slice(0, -1) : names;
  const found = openBelow(root, way);
  if (typeof found === 'number') return failed(found);
  if (found.kind === 'file' && !asFolder) return filePage(door, found, way, request);
  try {
    if (found.kind === 'other') return refused(refusal(403, 'this is no regular file'));
    if (found.kind === 'file') return notThere();
    if (!asFolder) return movedTo(`${request.path}/${request.query}`);
    return folderPage(door, root, way, found, request);
  } finally {
    door.sys.close(found.fd);
  }
}

/**
 * The names on the way, decoded; the last one is empty where the path ends with a slash. Null where
 * it leads nowhere: an empty name, a slash or NUL inside one, or a name that begins with a dot.
 * So `..` leads nowhere either, however it is spelled; and hidden files stay hidden.
 */
export function namesOf(path: string): string[] | null {
  const names: string[] = [];
  const parts = path.split('/').slice(1);
  for (const [at, part] of parts.entries()) {
    const name = decoded(part);
    if (name === null || /^\.|[/\0]/.test(name)) return null;
    if (name === '' && at !== parts.length - 1) return null;
    names.push(name);
  }
  return names;
}

/** Percent-decoded once; null where that is not possible, or gives no UTF-8. */
function decoded(part: string): string | null {
  if (/%(?![0-9a-f]{2})/i.test(part)) return null;
  const bytes = part.replaceAll(/%(..)/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return asUtf8(Buffer.from(bytes, 'latin1'));
}

function filePage(door: Door, file: Opened, way: readonly string[], request: Request): Answer {
  // HTTP's dates have no fractions of a second.
  const modified = Math.floor(file.modifiedMs / 1000) * 1000;
  const fields = {
    'Content-Type': contentType(way.at(-1) ?? ''),
    'Last-Modified': new Date(modified).toUTCString(),
  };
  if (!(Date.parse(request.field('if-modified-since')) >= modified))
    return { status: 200, fields, content: file };
  door.sys.close(file.fd);
  return { status: 304, fields, content: new Uint8Array(0) };
}

function folderPage(
  door: Door,
  root: string,
  way: readonly string[],
  folder: Opened,
  request: Request,
): Answer {
  const index = openBelow(root, [...way, INDEX]);
  if (typeof index !== 'number') {
    if (index.kind === 'file') return filePage(door, index, [INDEX], request);
    door.sys.close(index.fd);
  }
  const entries = entriesOf(folder, MOST_LISTED);
  if (typeof entries === 'number') return failed(entries);
  const links = entries
    // Hidden, or a name that is no UTF-8 and so can't be asked for.
    .filter(({ name }) => !name.startsWith('.') && !name.includes('\ufffd'))
    .map(({ name, folder }) => `${name}${folder ? '/' : ''}`)
    .sort()
    .map((name): [string, string] => [hrefOf(name), shown(name)]);
  const up: [string, string][] = way.length === 0 ? [] : [['../', '../']];
  return pageFor(request, {
    title: `/${way.map((name) => `${shown(name)}/`).join('')}`,
    links: [...up, ...links],
  });
}

/** The slash of a folder stays a slash. */
function hrefOf(name: string): string {
  return encodeURIComponent(name).replace(/%2F$/, '/');
}

function shown(name: string): string {
  return plainText(new TextEncoder().encode(name));
}

function movedTo(location: string): Answer {
  const { fields, ...answer } = refused(refusal(301, 'it is a folder: its path ends with a slash'));
  return { ...answer, fields: { ...fields, Location: location } };
}

function notThere(): Answer {
  return refused(refusal(404, 'there is nothing of this name'));
}

function failed(result: Result): Answer {
  if (NOT_THERE.includes(result)) return notThere();
  if (NOT_ALLOWED.includes(result)) return refused(refusal(403, 'it may not be read'));
  return refused(refusal(500, 'it can’t be read'));
}
