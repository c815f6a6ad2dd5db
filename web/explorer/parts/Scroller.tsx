import type { ReactNode, Ref } from "react";

interface Props {
  label: string;
  className?: string;
  children: ReactNode;
  ref?: Ref<HTMLElement>;
}

/** A place that scrolls by itself: named, and reachable by keyboard. */
export function Scroller({ label, className = "table-scroller", children, ref }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className={className} tabIndex={0} aria-label={label} ref={ref}>
      {children}
    </section>
  );
}
