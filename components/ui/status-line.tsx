/**
 * Says what was done, where it was done. As with {@link FieldError} the region is in the page before its text, because one
 * that arrives together with it is not announced by every screen reader.
 */
export function StatusLine({ children }: { children: string }) {
  return (
    <div role="status">
      {children && <p className="pt-2 text-sm text-accent-text motion-safe:animate-appear">{children}</p>}
    </div>
  );
}
