import { test as base, expect, type Page } from "@playwright/test";

/** What a page did that it must not do, collected while a test runs. */
interface Offences {
  /** Console errors that the test provokes itself, by a part of their text. */
  expected: string[];
  found: string[];
}

/** `test` whose page fails the test for a request to another origin, a console error or a violation of the security policy. */
export const test = base.extend<{ offences: Offences }>({
  offences: [
    async ({ context, baseURL }, use) => {
      const offences: Offences = { expected: [], found: [] };
      const origin = new URL(baseURL ?? "").origin;

      await context.exposeBinding("reportViolation", (_source, text: string) => {
        offences.found.push(`content security policy: ${text}`);
      });
      await context.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          const report = (window as unknown as { reportViolation(text: string): void }).reportViolation;
          report(`${event.violatedDirective} refuses ${event.blockedURI} in ${event.sourceFile}`);
        });
      });
      // Requests of workers are the context's too.
      context.on("request", (request) => {
        const url = new URL(request.url());
        if (url.protocol !== "data:" && url.protocol !== "blob:" && url.origin !== origin) {
          offences.found.push(`request to another origin: ${request.url()}`);
        }
      });
      context.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") {
          offences.found.push(`console ${message.type()}: ${message.text()}`);
        }
      });
      context.on("weberror", (error) => {
        offences.found.push(`uncaught: ${error.error().message}`);
      });

      await use(offences);

      const unexpected = offences.found.filter(
        (text) => !offences.expected.some((part) => text.includes(part)),
      );
      expect(unexpected, "what the page must not do").toEqual([]);
    },
    { auto: true },
  ],
});

/** Holds a page to a policy that lets in no foreign or inline script and lets it speak to its own server only. */
export async function expectStrictPolicy(page: Page, path: string): Promise<void> {
  const response = await page.goto(path);
  expect(response?.status()).toBe(200);
  const policy = response?.headers()["content-security-policy"] ?? "";
  const directives = new Map(
    policy.split(";").map((directive) => {
      const [name = "", ...sources] = directive.trim().split(/\s+/);
      return [name, sources];
    }),
  );
  expect(directives.get("script-src") ?? directives.get("default-src")).toEqual(["'self'"]);
  expect(directives.get("connect-src") ?? directives.get("default-src")).toEqual(["'self'"]);
}

export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
}

export { expect };
