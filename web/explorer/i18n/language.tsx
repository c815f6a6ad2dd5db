import { createContext, useContext } from "react";
import type { Lang } from "../state/state";
import { en, type Messages } from "./en";
import { zh } from "./zh";

const messages: Record<Lang, Messages> = { en, zh };

const Language = createContext<Lang>("en");
export const LanguageProvider = Language.Provider;

/** The language of the page and its texts. */
export function useLanguage(): { lang: Lang; t: Messages } {
  const lang = useContext(Language);
  return { lang, t: messages[lang] };
}

/** The language that a reader prefers of those there are. */
export function preferredLanguage(languages: readonly string[]): Lang {
  const first = languages.find((tag) => /^(zh|en)\b/i.test(tag));
  return first?.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** The name of something that has a native and perhaps an English one. */
export function nameIn(lang: Lang, named: { name: string; nameEn: string | null }): string {
  return lang === "en" ? named.nameEn || named.name : named.name;
}

/** Name of a topic: its code with spaces where no name is known. */
export function topicName(topic: string, t: Messages): string {
  const words = topic.replaceAll("_", " ");
  return t.topics[topic] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
