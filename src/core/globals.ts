// Declares the global types that convnd's .d.ts files refer to, for programs that are compiled without TypeScript's libraries `dom` and
// `esnext.disposable`. If those are present, the declarations merge. A file that uses such a type imports something from here.

declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  interface Response {}
  interface URL {}
  interface AbortSignal {}
  namespace WebAssembly {
    interface Module {}
    interface Memory {}
  }
}

/** An object with memory that can be freed immediately. */
export interface Disposing {
  dispose(): void;
  [Symbol.dispose](): void;
}

/** The content of a file. */
export type FileBytes = ArrayBuffer | ArrayBufferView;
