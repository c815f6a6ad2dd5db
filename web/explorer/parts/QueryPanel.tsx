import { useState } from "react";
import type { Asked } from "../api/answers";
import { useLanguage } from "../i18n/language";
import { Drawer } from "./Drawer";
import { Choice } from "./Fields";

/** The GraphQL behind a view: to read, to copy, to go on with in the playground. */
export function QueryPanel({ asked, onClose }: { asked: Asked[]; onClose: () => void }) {
  const { t } = useLanguage();
  const [index, setIndex] = useState(0);
  const [copied, setCopied] = useState(false);
  const chosen = asked[index] ?? asked[0];
  if (!chosen) {
    return null;
  }
  const query = tidy(chosen.document.toString());
  const variables = JSON.stringify(chosen.variables, null, 2);
  const playground = `/playground/#${new URLSearchParams({ query, variables })}`;
  const copy = async () => {
    await navigator.clipboard.writeText(`${query}\n\n# ${t.variables}\n${variables.replace(/^/gm, "# ")}\n`);
    setCopied(true);
  };
  return (
    <Drawer
      title={t.queryTitle}
      onClose={onClose}
      footer={
        <>
          <a className="button primary" href={playground}>
            {t.openInPlayground}
          </a>
          <button type="button" onClick={copy}>
            {copied ? t.copied : t.copy}
          </button>
          <span role="status" className="visually-hidden">
            {copied ? t.copied : ""}
          </span>
        </>
      }
    >
      {asked.length > 1 && (
        <Choice
          label={t.operation}
          value={String(index)}
          options={asked.map(({ label }, at) => ({ value: String(at), label }))}
          onChange={(value) => {
            setIndex(Number(value));
            setCopied(false);
          }}
        />
      )}
      <h3>{t.variables}</h3>
      <pre className="code">{variables}</pre>
      <h3>{t.operation}</h3>
      <pre className="code">{query}</pre>
    </Drawer>
  );
}

/** The document without the margin that it has in the source. */
function tidy(document: string): string {
  return document.replace(/^ {4}(?=query|fragment)/gm, "").trim();
}
