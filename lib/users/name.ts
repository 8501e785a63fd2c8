/** `John Ronald Doe` → `John`, `Ronald Doe`: a name splits at the first space. */
export function splitName(name: string): { firstName: string; lastName: string | null } {
  const [firstName = '', ...rest] = name.trim().split(/\s+/);
  return { firstName: firstName.slice(0, 100), lastName: rest.join(' ').slice(0, 100) || null };
}
