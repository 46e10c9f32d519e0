// The one AssemblyScript type that the shared files use, for the TypeScript compiler.
declare type i32 = number;
