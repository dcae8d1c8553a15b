package devserver

import "github.com/aerosql/aerosql/protocol"

// Names of the bin in which a function's outcome is answered, and the text for
// a module that is not there (wire-cdt-exp.md 10.2).
const (
	udfFailure  = "FAILURE"
	udfNoModule = "UDF: Execution Error 1"
	maxUDFName  = 127
	luaSuffix   = ".lua"
	udfForbid   = protocol.Info3UpdateOnly | protocol.Info3CreateOrReplace | protocol.Info3ReplaceOnly
	udfForbid2  = protocol.Info2Generation | protocol.Info2GenerationGT | protocol.Info2CreateOnly
)

func (c *command) isUDF() bool {
	_, ok := c.message.Field(protocol.FieldUDFPackage)
	return ok
}

// applyUDF calls a function on the record (wire-cdt-exp.md 10.1). Functions are
// not run: a registered module is answered as a server does where they are disabled.
func (c *command) applyUDF() protocol.ResultCode {
	m := c.message
	module, _ := m.Field(protocol.FieldUDFPackage)
	function, hasFunction := m.Field(protocol.FieldUDFFunction)
	_, hasArgs := m.Field(protocol.FieldUDFArgs)
	if !hasFunction || !hasArgs || len(module) > maxUDFName || len(function) > maxUDFName ||
		m.Info2&udfForbid2 != 0 || m.Info3&udfForbid != 0 {
		return protocol.ParameterError
	}
	if c.ns.server.modules.has(string(module) + luaSuffix) {
		return protocol.Forbidden
	}
	if r := c.lookup(); r != nil {
		c.found(r)
	}
	c.appendResult(protocol.OpRead, bin{name: []byte(udfFailure), particle: protocol.ParticleString, value: []byte(udfNoModule)})
	return protocol.UDFError
}

// lookup returns the master's live record, nil if there is none.
func (c *command) lookup() *record {
	p := c.partition()
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.copies[c.ns.master(c.pid)].get(&c.digest)
	if r == nil || !r.live(c.ns, c.ns.server.clock.seconds()) {
		return nil
	}
	return r
}
