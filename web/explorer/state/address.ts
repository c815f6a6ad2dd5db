import { type Dispatch, useEffect, useReducer, useRef } from "react";
import { type Action, reduce } from "./reducer";
import type { Lang, State } from "./state";
import { fromQuery, toQuery } from "./url";

/** The state, mirrored in the address bar: what is done can be undone by going back, and the address can be shared. */
export function useAddress(first: () => State, lang: Lang): [State, Dispatch<Action>] {
  const [state, dispatch] = useReducer(reduce, undefined, first);
  const shown = useRef(false);

  useEffect(() => {
    const query = `?${toQuery(state)}`;
    if (query !== location.search) {
      const address = `${location.pathname}${query}`;
      if (shown.current) {
        history.pushState(null, "", address);
      } else {
        history.replaceState(null, "", address);
      }
    }
    shown.current = true;
  }, [state]);

  useEffect(() => {
    const back = () => dispatch({ type: "replace", state: fromQuery(location.search, lang) });
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, [lang]);

  return [state, dispatch];
}
