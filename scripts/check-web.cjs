// Runs vue-tsc on the compiler whose API it knows: TypeScript 7 has another one.
require('vue-tsc').run(require.resolve('@typescript/typescript6/lib/tsc'))
