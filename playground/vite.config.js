import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The scripts that pages of --format html are built with, as the module "kit". */
function kit() {
  const files = ['dom', 'bytes', 'shell'].map((name) => here(`../formats/html/kit/${name}.js`));
  return {
    name: 'kit',
    resolveId: (id) => id === 'kit' ? '\0kit' : null,
    load(id) {
      if (id !== '\0kit') return null;
      files.forEach((file) => this.addWatchFile(file));
      const names = 'el, count, plural, baseName, plainBytes, showBytes, themeSwitch';
      return `${files.map((file) => readFileSync(file, 'utf8')).join('\n')}\nexport {${names}};\n`;
    },
  };
}

export default {
  root: here('.'),
  base: './',
  plugins: [kit()],
  build: {
    outDir: here('../build/playground'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
  },
  worker: {format: 'es'},
};
