package exp

// call reads the result type, the system, the call, and the value that it works on
// (docs/wire-cdt-exp.md#7.4).
func (p *parser) call(n *Node, depth int) (err error) {
	if n.Type, err = p.resultType(); err != nil {
		return err
	}
	system, err := p.integer()
	if err != nil {
		return err
	}
	if system < 0 || system&^modifyFlag >= systemCount {
		return malformed("unknown call system %d", system)
	}
	n.Call = &Call{System: System(system &^ modifyFlag), Modify: system&modifyFlag != 0}
	args, err := p.callArray(n.Call, depth)
	if err != nil {
		return err
	}
	n.Args = make([]Node, 1+args)
	for i := range args {
		if n.Args[1+i], err = p.node(depth); err != nil {
			return err
		}
	}
	n.Args[0], err = p.node(depth)
	return err
}

// callArray reads the code and the context of a call, up to its arguments. It returns the number of
// arguments.
func (p *parser) callArray(c *Call, depth int) (args int, err error) {
	count, err := p.array()
	if err != nil {
		return 0, err
	}
	if count == 0 {
		return 0, malformed("empty call")
	}
	if c.Code, err = p.integer(); err != nil || c.Code != codeContext && c.Code != CodeSelect {
		return count - 1, err
	}
	if count < 3 || c.Code == codeContext && count > 3 {
		return 0, malformed("context in a call of %d entries", count)
	}
	if c.Context, err = p.context(depth); err != nil {
		return 0, err
	}
	if c.Code == CodeSelect {
		return count - 2, nil
	}
	if count, err = p.array(); err != nil {
		return 0, err
	}
	if count == 0 {
		return 0, malformed("empty call")
	}
	if c.Code, err = p.integer(); err == nil && c.Code == CodeSelect {
		err = malformed("path expression inside a context")
	}
	return count - 1, err
}

func (p *parser) context(depth int) ([]Step, error) {
	count, err := p.array()
	if err != nil {
		return nil, err
	}
	if count == 0 || count%2 != 0 {
		return nil, malformed("context of %d entries", count)
	}
	steps := make([]Step, count/2)
	for i := range steps {
		if steps[i], err = p.step(depth); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

func (p *parser) step(depth int) (s Step, err error) {
	if s.Type, err = p.integer(); err != nil {
		return s, err
	}
	if hasFilter(s.Type) && p.atArray() {
		filter, err := p.node(depth)
		s.Filter = &filter
		return s, err
	}
	s.Value, err = p.value()
	return s, err
}
