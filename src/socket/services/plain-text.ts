/** A peer's bytes as text that can be handed on to somebody else's terminal or page. */

/**
 * What a terminal may act on, or what changes how other text reads: control characters (C0, C1,
 * DEL), format characters such as bidi controls, line and paragraph separators, what is no character.
 * The two joiners stay: Persian and emoji are spelled with them.
 */
const TREACHEROUS = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

/** One line: tabs become spaces; what is treacherous or no UTF-8 becomes U+FFFD. */
export function plainText(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return text.replaceAll('\t', ' ').replaceAll(TREACHEROUS, '\ufffd');
}
