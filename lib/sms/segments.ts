/** What a text costs: vendors charge by the part, and the alphabet decides how much a part holds. */
export type Segments = { encoding: 'GSM-7' | 'UCS-2'; characters: number; segments: number };

/** GSM 03.38 (3GPP TS 23.038, 6.2.1): one septet each. */
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** Its extension table (6.2.1.1): an escape and a septet each. */
const extension = new Set('\f^{}\\[~]|€');

/** A part holds 140 octets; several parts give up six of them to say how they belong together (3GPP TS 23.040, 9.2.3.24). */
const capacity = { 'GSM-7': { alone: 160, joined: 153 }, 'UCS-2': { alone: 70, joined: 67 } } as const;

/**
 * Encoding, length in that encoding's units and number of parts. One character outside GSM 03.38 turns the whole text into
 * UCS-2. An escape is not parted from its septet, nor a surrogate pair, so a part may end one unit early. National shift
 * tables are not counted on: no vendor here offers them. An empty text is one part.
 */
export function segmentsOf(text: string): Segments {
  const characters = [...text];
  const gsm = characters.every((character) => basic.has(character) || extension.has(character));
  const encoding = gsm ? 'GSM-7' : 'UCS-2';
  const sizes = characters.map((character) => (gsm ? (extension.has(character) ? 2 : 1) : character.length));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const { alone, joined } = capacity[encoding];
  return { encoding, characters: total, segments: total <= alone ? 1 : partsOf(sizes, joined) };
}

function partsOf(sizes: number[], room: number): number {
  let parts = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > room) {
      parts += 1;
      used = 0;
    }
    used += size;
  }
  return parts;
}
