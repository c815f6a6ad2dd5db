import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";
import { useLanguage } from "../i18n/language";
import { Scroller } from "./Scroller";

/** Up to so many rows all stand in the page. */
const mostPlain = 80;

interface Props {
  count: number;
  /** Height of a row in pixels, where not all stand in the page. */
  height: number;
  label: string;
  className?: string;
  children: (index: number) => ReactNode;
}

/** A list of rows of equal height. Of a long one only those in sight are in the page. */
export function Rows(props: Props) {
  return props.count <= mostPlain ? <PlainRows {...props} /> : <VirtualRows {...props} />;
}

function PlainRows({ count, label, className, children }: Props) {
  return (
    <ul className={`rows ${className ?? ""}`} aria-label={label}>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is what stands at its place.
        <li key={index}>{children(index)}</li>
      ))}
    </ul>
  );
}

function VirtualRows({ count, height, label, className, children }: Props) {
  const { t } = useLanguage();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
  return (
    <Scroller className="rows-scroller" ref={scroller} label={t.tableOf(label)}>
      <ul className={`rows ${className ?? ""}`} style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map((row) => (
          <li
            key={row.key}
            aria-setsize={count}
            aria-posinset={row.index + 1}
            style={{
              position: "absolute",
              insetInline: 0,
              height: row.size,
              transform: `translateY(${row.start}px)`,
            }}
          >
            {children(row.index)}
          </li>
        ))}
      </ul>
    </Scroller>
  );
}
