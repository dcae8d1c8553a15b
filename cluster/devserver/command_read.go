package devserver

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// read finds the record and answers with what the client asked for. The order of the checks is that
// of the real server (docs/wire-core.md#5.4).
func (c *command) read() protocol.ResultCode {
	if c.linearized() && c.ns.server.options.Edition != Enterprise {
		return protocol.EnterpriseOnly
	}
	p, code := c.lock()
	if code != protocol.OK {
		return code
	}
	stored := c.readCopy(p).get(&c.digest)
	if code := c.mayRead(stored); code != protocol.OK {
		p.unlock()
		return code
	}
	r := c.visible(stored)
	c.noteRead(r)
	p.unlock()
	c.noteVersion(r)
	if r == nil {
		return protocol.KeyNotFound
	}
	c.found(r)
	switch {
	case !c.sameSet(r):
		return protocol.ParameterError
	case c.gone(r) || r.tombstone:
		return protocol.KeyNotFound
	}
	touch, code := c.wantsTouch(r)
	if code != protocol.OK {
		return code
	}
	if touch && !stored.provisional() {
		defer c.readTouch(r)
	}
	if code := c.applyFilter(r); code != protocol.OK {
		return code
	}
	if !c.sameKey(r) {
		return protocol.KeyMismatch
	}
	return c.readBins(r)
}

// noteRead adds a read and what it saw to the history. The partition's lock must be held.
func (c *command) noteRead(r *record) {
	h := c.ns.server.history
	if h == nil {
		return
	}
	if r != nil && !r.live(c.ns, c.ns.server.clock.seconds()) {
		r = nil
	}
	h.note(WasRead, c.ns, &c.digest, r, c)
}

func (c *command) readBins(r *record) protocol.ResultCode {
	m := c.message
	switch {
	case m.Info1&wire.Info1NoBins != 0:
		return protocol.OK
	case len(m.Ops) > protocol.MaxOps:
		return protocol.ParameterError
	case m.Info1&wire.Info1GetAll != 0:
		// Bins are stored in the encoding of answers.
		c.out, c.ops = append(c.out, r.bins...), r.binCount
		return protocol.OK
	case len(m.Ops) == 0:
		return protocol.ParameterError
	}
	return c.readOps(r, m.Ops)
}

// readOps executes read operations on one record of a command or query.
func (c *command) readOps(r *record, ops []wire.RawOp) protocol.ResultCode {
	c.reading = r
	rest := r.bins
	for i := range ops {
		op := &ops[i]
		if size := firstBin(rest, op.Name); size > 0 && op.Code == protocol.OpRead {
			// Most clients name the bins in the order of the record. The number of answers is still
			// bounded: each one uses up a bin of the record.
			c.out, c.ops, rest = append(c.out, rest[:size]...), c.ops+1, rest[size:]
			continue
		}
		if !validBinName(op.Name) {
			return protocol.BinNameTooLong
		}
		b, encoded, after := findNextBin(r.bins, rest, op.Name)
		rest = after
		if op.Code == protocol.OpRead && encoded != nil {
			c.out, c.ops = append(c.out, encoded...), c.ops+1 // stored in the encoding of answers
		} else {
			b.indexed = r.keepsIndex(op.Name)
			if code := c.readOp(op, b, b.name != nil, c.respondAll()); code != protocol.OK {
				c.failedOp = op
				return code
			}
		}
		if !c.limitMemory() {
			return protocol.RecordTooBig
		}
	}
	return protocol.OK
}

// readOp executes one read operation. answerEmpty says whether an operation without a result on an
// existing bin is answered with null (docs/wire-core.md#5.3).
func (c *command) readOp(op *wire.RawOp, b bin, exists, answerEmpty bool) protocol.ResultCode {
	var result bin
	var code protocol.ResultCode
	switch op.Code {
	case protocol.OpRead:
		result = b
	case protocol.OpCDTRead:
		result, code = c.readCollection(op, b, exists)
	case protocol.OpBitsRead:
		result, code = c.readBits(op, b, exists)
	case protocol.OpHLLRead:
		result, code = c.readHLL(op, b, exists)
	case protocol.OpExpRead:
		result, code = c.readExpression(op)
		exists = true
	default:
		code = protocol.ParameterError
	}
	switch {
	case code != protocol.OK:
		return code
	case result.particle != protocol.ParticleNull:
		result.name = op.Name
		c.appendResult(op.Code, result)
	case c.respondAll() || answerEmpty && exists:
		c.appendNull(op)
	}
	return protocol.OK
}

// validBinName reports whether the name is valid: at most 15 bytes and no NUL.
func validBinName(name []byte) bool {
	if len(name) > protocol.MaxBinNameLen {
		return false
	}
	for _, b := range name {
		if b == 0 {
			return false
		}
	}
	return true
}
