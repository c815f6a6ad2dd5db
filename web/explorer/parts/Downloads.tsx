import { useEffect, useRef, useState } from "react";
import type { Offer } from "../api/answers";
import { token } from "../api/ask";
import type { Picture } from "../charts/picture";
import { useLanguage } from "../i18n/language";
import { fetchFile, saveTable } from "./files";

/** The menu of files: the view's answers as CSV and Parquet, its picture as PNG and SVG. */
export function Downloads({
  offers,
  picture,
  name,
}: {
  offers: Offer[];
  picture: Picture | null;
  name: string;
}) {
  const { t } = useLanguage();
  const [failure, setFailure] = useState<string | null>(null);
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const inside = event.target instanceof Node && menu.current?.contains(event.target);
      if (menu.current?.open && (event instanceof KeyboardEvent ? event.key === "Escape" : !inside)) {
        menu.current.open = false;
      }
    };
    document.addEventListener("click", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("click", close);
      document.removeEventListener("keydown", close);
    };
  }, []);

  const run = (work: () => Promise<void>) => {
    setFailure(null);
    work().catch((cause) => setFailure(cause instanceof Error ? cause.message : String(cause)));
  };
  const files = offers.filter(({ file, table }) => file || table);
  const draw = (type: "png" | "svg") =>
    run(async () => {
      if (picture) {
        const { savePicture } = await import("../charts/save");
        await savePicture(picture, `${name}.${type}`, type);
      }
    });
  if (files.length === 0 && !picture) {
    return null;
  }
  return (
    <details className="menu" ref={menu}>
      <summary className="button">{t.download}</summary>
      <div className="menu-body">
        {files.map((each) => (
          <fieldset key={each.label}>
            <legend>{files.length > 1 ? each.label : t.data}</legend>
            {each.table && (
              <button type="button" onClick={() => each.table && saveTable(each.table(), `${name}.csv`)}>
                CSV
              </button>
            )}
            {(each.file ? (["csv", "parquet"] as const) : []).map((type) => (
              <a
                key={type}
                className="button"
                href={fileAddress(each, type, name)}
                download={`${name}.${type}`}
                onClick={(event) => {
                  if (token()) {
                    event.preventDefault();
                    run(() => fetchFile(fileAddress(each, type, name), `${name}.${type}`));
                  }
                }}
              >
                {type === "csv" ? "CSV" : "Parquet"}
              </a>
            ))}
          </fieldset>
        ))}
        {picture && (
          <fieldset>
            <legend>{t.image}</legend>
            <button type="button" onClick={() => draw("png")}>
              PNG
            </button>
            <button type="button" onClick={() => draw("svg")}>
              SVG
            </button>
          </fieldset>
        )}
        {failure && <p role="alert">{t.downloadFailed(failure)}</p>}
      </div>
    </details>
  );
}

function fileAddress({ file }: Offer, type: string, name: string): string {
  const parameters = new URLSearchParams({ filename: `${name}.${type}` });
  for (const [parameter, value] of Object.entries(file?.parameters ?? {})) {
    parameters.set(parameter, typeof value === "string" ? value : JSON.stringify(value));
  }
  return `/v1/export/${file?.kind}.${type}?${parameters}`;
}
