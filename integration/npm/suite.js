// The C client's own test suite, which its npm package brings along in TypeScript, on the server of an address: host:port. The last
// line printed is a JSON object: passed, failed, skipped, failures.
'use strict'
const fs = require('fs')
const path = require('path')
const ts = require('typescript')
const Mocha = require('mocha')

const source = path.join(path.dirname(require.resolve('aerospike/package.json')), 'test')
// Among the modules, so that it finds those that it needs; beside a lib, as it expects.
const folder = path.join(__dirname, 'node_modules', '.suite')

// What needs containers, certificates, files of its own or the names of a build is left out.
const leftOut = /^(metrics.*|dynamic_config|config_pki|test_helper)$/

function compile (from, to) {
  fs.mkdirSync(to, { recursive: true })
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [here, there] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (entry.isDirectory()) {
      compile(here, there)
    } else if (entry.name.endsWith('.ts')) {
      const text = fs.readFileSync(here, 'utf8').replace(/(from '\..*)\.ts'/g, "$1.js'").replace(/(from "\..*)\.ts"/g, '$1.js"')
      const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true }
      fs.writeFileSync(there.replace(/\.ts$/, '.js'), ts.transpileModule(text, { compilerOptions: options, fileName: here }).outputText)
    } else if (entry.name.endsWith('.lua') || entry.name.endsWith('.yml')) {
      fs.copyFileSync(here, there)
    }
  }
}

fs.rmSync(folder, { recursive: true, force: true })
compile(source, path.join(folder, 'test'))
fs.symlinkSync(path.join(source, '..', 'lib'), path.join(folder, 'lib'))
process.chdir(path.join(folder, 'test'))
process.env.AEROSPIKE_HOSTS = process.argv[2]
process.env.OPTIONS = '--totalTimeout 5000' // the machine may be busy

const mocha = new Mocha({ timeout: 20000, reporter: function () {} })
for (const name of fs.readdirSync(source)) {
  const test = name.replace(/\.ts$/, '')
  if (name.endsWith('.ts') && !leftOut.test(test)) {
    mocha.addFile(path.join(folder, 'test', test + '.js'))
  }
}
const outcome = { passed: 0, failed: 0, skipped: 0, failures: [] }
mocha.run(() => {
  console.log(JSON.stringify(outcome))
  process.exit(0)
})
  .on('pass', () => outcome.passed++)
  .on('pending', () => outcome.skipped++)
  .on('fail', (test, e) => { outcome.failed++; outcome.failures.push(test.fullTitle() + ': ' + e.message) })
