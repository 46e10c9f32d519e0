// Declares AssemblyScript's i32, the only such type in src/shared, for the TypeScript compiler.
declare type i32 = number;
