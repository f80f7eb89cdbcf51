// Builds web/frontend/ into web/static/build/ with the manifest that django-vite reads.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/",
  publicDir: false,
  build: {
    outDir: "web/static/build",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false }, // an inline script that the content security policy forbids
    assetsInlineLimit: 0, // no data: addresses for fonts or styles, for the same reason
    rollupOptions: { input: ["web/frontend/main.ts", "web/frontend/workbench/main.ts"] },
  },
});
