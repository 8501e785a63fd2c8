/** The media type of {@link formOfParts} and {@link formOf}. */
export const formType = 'multipart/form-data; boundary=of-the-form';

/** The header that names a field. */
export const fieldNamed = (name: string): string => `Content-Disposition: form-data; name="${name}"`;

/** A form written by hand: each part with these headers, right or wrong. */
export const formOfParts = (parts: readonly (readonly [headers: string, value: string])[]): string =>
  parts.map(([headers, value]) => `--of-the-form\r\n${headers}\r\n\r\n${value}\r\n`).join('') + '--of-the-form--\r\n';

/** A form of texts, as a browser writes it. */
export const formOf = (fields: Record<string, string>): string =>
  formOfParts(Object.entries(fields).map(([name, value]) => [fieldNamed(name), value]));
