// Unpacks the browser, and libraries that a bare machine lacks, into the temporary directory, and says where it is.
import chromium, { inflate } from "@sparticuz/chromium";

await inflate(new URL("../bin/al2023.tar.br", import.meta.resolve("@sparticuz/chromium")).pathname);
console.log(await chromium.executablePath());
