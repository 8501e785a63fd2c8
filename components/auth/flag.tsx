/** A flag from our own static files: emoji flags do not exist on every system, and none belongs in the JavaScript. */
export function Flag({ iso, lazy = false }: { iso: string; lazy?: boolean }) {
  return (
    <img
      src={`/flags/${iso}`}
      alt=""
      width={24}
      height={16}
      loading={lazy ? 'lazy' : 'eager'}
      className="h-4 w-6 shrink-0 rounded-[2px] bg-sunken object-cover ring-1 ring-ink/10"
    />
  );
}
