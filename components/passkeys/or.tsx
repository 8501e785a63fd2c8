/** Between ways in. */
export function Or() {
  return (
    <div className="my-6 flex items-center gap-4 text-sm text-ink-soft">
      <span className="h-px flex-1 bg-line" />
      or
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}
