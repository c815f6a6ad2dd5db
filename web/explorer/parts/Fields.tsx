import { type ReactNode, useEffect, useId, useState } from "react";
import { readDay } from "../format/periods";
import { useLanguage } from "../i18n/language";

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** A labelled list to choose one of. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

interface TextProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "number";
  hint?: string;
  placeholder?: string;
  /** What a text stands for; null where it stands for nothing: then the problem is said, and nothing changes. */
  read?: (text: string) => string | null;
  problem?: string;
}

/** A labelled input that takes effect when it is left or Enter is pressed. */
export function Text({ label, value, onChange, type = "text", hint, placeholder, read, problem }: TextProps) {
  const id = useId();
  const [draft, setDraft] = useState(value);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setDraft(value);
    setWrong(false);
  }, [value]);
  const commit = () => {
    const text = draft.trim();
    const meant = text && read ? read(text) : text;
    setWrong(meant === null);
    if (meant !== null) {
      setDraft(meant);
      if (meant !== value) {
        onChange(meant);
      }
    }
  };
  const said = wrong && problem;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={draft}
        step={type === "number" ? "any" : undefined}
        placeholder={placeholder}
        aria-invalid={wrong || undefined}
        aria-describedby={
          [said && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined
        }
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === "Enter" && commit()}
      />
      {said && (
        <small id={`${id}-problem`} className="problem" role="alert">
          {problem}
        </small>
      )}
      {hint && (
        <small id={`${id}-hint`} className="hint">
          {hint}
        </small>
      )}
    </div>
  );
}

interface DayProps {
  label: string;
  value: string | null;
  onChange: (day: string | null) => void;
  hint?: string;
}

/** A labelled day, written as it stands in the address: a browser's own input would follow its language, not the page's. */
export function Day({ label, value, onChange, hint }: DayProps) {
  const { t } = useLanguage();
  return (
    <Text
      label={label}
      value={value ?? ""}
      placeholder={t.dayForm}
      {...(hint && { hint })}
      read={readDay}
      problem={t.dayProblem}
      onChange={(day) => onChange(day || null)}
    />
  );
}

/** A chosen thing, with a button that removes it. */
export function Chip({
  children,
  label,
  onRemove,
}: {
  children: ReactNode;
  label: string;
  onRemove: () => void;
}) {
  return (
    <li className="chip">
      <span>{children}</span>
      <button type="button" className="plain" aria-label={label} onClick={onRemove}>
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="M6 6l8 8M14 6l-8 8" />
        </svg>
      </button>
    </li>
  );
}
