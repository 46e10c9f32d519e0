// The one AssemblyScript type that the shared record uses, for the TypeScript compiler.
declare type i32 = number;
