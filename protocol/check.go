package protocol

import "fmt"

// Check reports what no server could take, and names that nothing new should have (see [CheckNewName]), before a connection is needed. It allocates nothing if it returns nil. Errors wrap
// [ErrInvalidCommand], [ErrInvalidBin], [ErrInvalidValue], [ErrInvalidKey], [ErrTooDeep] or [ErrTooLarge].
func (c *Command) Check() error {
	if err := c.check(); err != nil {
		return err
	}
	if err := c.checkNewNames(); err != nil {
		return err
	}
	size := 0
	if c.udf != nil {
		for _, arg := range c.udf.Args {
			if err := checkElement(arg, 1, &size); err != nil {
				return fmt.Errorf("arguments of %s.%s: %w", c.udf.Package, c.udf.Function, err)
			}
		}
		return checkSize(size)
	}
	for _, name := range c.names {
		if err := CheckBinName(name); err != nil {
			return err
		}
	}
	for i := range c.bins {
		if err := checkOperation(c.code, c.bins[i].Name, c.bins[i].Value, &size); err != nil {
			return err
		}
	}
	for i := range c.ops {
		if err := c.ops[i].check(); err != nil {
			return err
		}
		if o := &c.ops[i]; o.Code != OpRead {
			if err := checkBinValue(o.Bin, o.Value, &size); err != nil {
				return err
			}
		}
	}
	return checkSize(size)
}

func checkOperation(code OpCode, bin string, v Value, size *int) error {
	o := Operation{Code: code, Bin: bin, Value: v}
	if err := o.check(); err != nil {
		return err
	}
	return checkBinValue(bin, v, size)
}

// checkBinValue reports the errors of AppendParticle, and adds the length of texts and bytes to size.
func checkBinValue(bin string, v Value, size *int) error {
	var err error
	switch v.kind {
	case KindNil, KindInt, KindFloat, KindBool:
		return nil
	case KindString, KindBlob, KindHLL, KindGeoJSON:
		*size += int(v.num)
		return nil
	case KindList, KindMap:
		err = checkElement(v, 0, size)
	case KindInvalid:
		err = v.Err()
	default:
		err = fmt.Errorf("%w: a bin can't hold %s", ErrInvalidValue, v.kind)
	}
	if err != nil {
		return fmt.Errorf("bin %q: %w", bin, err)
	}
	return nil
}

// checkElement reports the errors of AppendMsgpack.
func checkElement(v Value, depth int, size *int) error {
	switch v.kind {
	case KindString, KindBlob, KindHLL, KindGeoJSON:
		*size += int(v.num)
		return nil
	case KindList, KindMap:
		if depth >= MaxDepth {
			return fmt.Errorf("%w: more than %d levels", ErrTooDeep, MaxDepth)
		}
	case KindInvalid:
		return v.Err()
	default:
		return nil
	}
	*size += int(v.num)
	if v.kind == KindList {
		for _, e := range v.list() {
			if err := checkElement(e, depth+1, size); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range v.pairs() {
		p := &v.pairs()[i]
		if err := checkElement(p.Key, depth+1, size); err != nil {
			return err
		}
		if err := checkElement(p.Value, depth+1, size); err != nil {
			return err
		}
	}
	return nil
}

// checkSize reports a message that is too large for what its values take alone.
func checkSize(size int) error {
	if size > MaxProtoSize {
		return fmt.Errorf("%w: values of %d bytes, at most %d are possible", ErrTooLarge, size, MaxProtoSize)
	}
	return nil
}

// OnlyBin returns the name of the only bin that the command names, "" if there is none or if there are several.
func (c *Command) OnlyBin() string {
	if c.opCount() == 0 {
		return ""
	}
	only := ""
	same := func(name string) bool {
		if only == "" {
			only = name
		}
		return name == "" || name == only
	}
	for _, name := range c.names {
		if !same(name) {
			return ""
		}
	}
	for i := range c.bins {
		if !same(c.bins[i].Name) {
			return ""
		}
	}
	for i := range c.ops {
		if !same(c.ops[i].Bin) {
			return ""
		}
	}
	return only
}
