import type { ReactNode } from "react";

/** Terms with what is known of them; what is null, empty or false is left out. */
export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <dl className="terms">
      {facts.map(
        ([term, text]) =>
          text !== null &&
          text !== undefined &&
          text !== "" &&
          text !== false && (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{text}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
