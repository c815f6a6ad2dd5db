import { useEffect, useState } from "react";
import { dark, light, type Palette } from "./palette";

export type Theme = "auto" | "light" | "dark";

const key = "countyql:theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const changed = new EventTarget();

/** What the reader chose; the system's colours unless otherwise. */
export function chosenTheme(): Theme {
  const stored = localStorage.getItem(key);
  return stored === "light" || stored === "dark" ? stored : "auto";
}

export function chooseTheme(theme: Theme): void {
  if (theme === "auto") {
    localStorage.removeItem(key);
  } else {
    localStorage.setItem(key, theme);
  }
  applyTheme();
}

/** Tells the style sheet which colours are chosen. */
export function applyTheme(): void {
  const theme = chosenTheme();
  document.documentElement.dataset.theme = theme;
  changed.dispatchEvent(new Event("change"));
}

function isDark(): boolean {
  const theme = chosenTheme();
  return theme === "dark" || (theme === "auto" && system.matches);
}

/** The palette in force, followed as it changes. */
export function usePalette(): Palette {
  const [isNight, setNight] = useState(isDark);
  useEffect(() => {
    const update = () => setNight(isDark());
    system.addEventListener("change", update);
    changed.addEventListener("change", update);
    return () => {
      system.removeEventListener("change", update);
      changed.removeEventListener("change", update);
    };
  }, []);
  return isNight ? dark : light;
}
