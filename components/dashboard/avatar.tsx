/**
 * A person's picture, or their initials. Only pictures kept by this app are shown: the page may load nothing from
 * elsewhere, and a stranger's server should not learn who looks at it.
 */
export function Avatar({
  url,
  name,
  className = 'size-20 text-2xl',
}: {
  url: string | null;
  name: string;
  className?: string;
}) {
  const own = url && ownPath(url);
  return (
    <span
      className={`grid shrink-0 place-items-center overflow-hidden rounded-full bg-accent-soft font-medium text-accent-text select-none ${className}`}
    >
      {own ? (
        <img src={own} alt="" className="size-full object-cover" />
      ) : (
        <span aria-hidden="true">{initials(name)}</span>
      )}
    </span>
  );
}

/** Our own pictures by path, so that they load under whatever name this page was opened. */
function ownPath(url: string): string | null {
  if (url.startsWith('blob:')) {
    return url;
  }
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  return path.startsWith('/api/avatars/') ? path : null;
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '');
  return letters.join('').toUpperCase();
}
