/** The part of html-to-text 10 that is used here; the package brings no types. */
declare module 'html-to-text' {
  export function compile(options?: {
    wordwrap?: number | false;
    selectors?: readonly {
      selector: string;
      format?: string;
      options?: Readonly<Record<string, unknown>>;
    }[];
  }): (html: string) => string;
}
