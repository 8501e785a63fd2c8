/**
 * The path of our own that `target` leads to, or null when it leads anywhere else: another origin, another scheme, or
 * something that browsers read as one (`//host`, `/\host`, control characters).
 */
export function ownPath(target: string, appUrl: string): string | null {
  if (/[\u0000-\u001f\u007f\\]/.test(target) || !URL.canParse(target, appUrl)) {
    return null;
  }
  const url = new URL(target, appUrl);
  const ours = url.origin === appUrl && !url.username && !url.password;
  return ours && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}${url.hash}` : null;
}
