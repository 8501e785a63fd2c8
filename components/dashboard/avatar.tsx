type AvatarProps = { url: string | null; name: string; className?: string };

/**
 * A person's picture over their initials, which show through while it loads and when it can't be loaded. A picture kept
 * elsewhere is asked for without saying from where.
 */
export function Avatar({ url, name, className = 'size-20 text-2xl' }: AvatarProps) {
  return (
    <span
      className={`relative grid shrink-0 place-items-center overflow-hidden rounded-full bg-accent-soft font-medium text-accent-text select-none ${className}`}
    >
      <span aria-hidden="true">{initials(name)}</span>
      {url && (
        <img
          src={nearest(url)}
          alt=""
          referrerPolicy="no-referrer"
          className="absolute inset-0 size-full rounded-full border border-line object-cover"
        />
      )}
    </span>
  );
}

/** Our own pictures by path, so that they load under whatever name this page was opened. */
function nearest(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  return path.startsWith('/api/avatars/') ? path : url;
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '');
  return letters.join('').toUpperCase();
}
