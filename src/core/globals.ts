// Globals: types that convnd's declarations name and a program's compiler options may lack. They merge with those of TypeScript's
// libraries `esnext.disposable` and `dom` where these are there. A file that names one of them takes a type from here.

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

/** What gives memory back at once. */
export interface Disposing {
  dispose(): void;
  [Symbol.dispose](): void;
}

/** The content of a file. */
export type FileBytes = ArrayBuffer | ArrayBufferView;
