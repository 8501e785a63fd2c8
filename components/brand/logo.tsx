/** The mark and the name. The mark is public/logo.svg, so that a team can put its own file there. */
export function Logo({ name }: { name: string }) {
  return (
    <span className="inline-flex items-center gap-3">
      <img src="/logo.svg" alt="" width={32} height={32} className="size-8" />
      <span className="text-lg font-semibold tracking-[-0.02em]">{name}</span>
    </span>
  );
}
