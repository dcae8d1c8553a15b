package wire

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// Check returns the error that AppendMessage would return, or an error if the command could create
// a set with a name that [protocol.CheckNewName] rejects. It does not encode the command, and does
// not allocate unless it returns an error. Errors wrap [protocol.ErrInvalidCommand],
// [protocol.ErrInvalidBin], [protocol.ErrInvalidValue], [protocol.ErrInvalidKey],
// [protocol.ErrTooDeep] or [protocol.ErrTooLarge].
func (c *Command) Check() error {
	if err := c.check(); err != nil {
		return err
	}
	if err := c.checkNewSet(); err != nil {
		return err
	}
	size := 0
	if c.udf != nil {
		for _, arg := range c.udf.Args {
			if err := protocol.CheckArgument(arg, &size); err != nil {
				return fmt.Errorf("arguments of %s.%s: %w", c.udf.Package, c.udf.Function, err)
			}
		}
		return checkSize(size)
	}
	for _, name := range c.names {
		if err := protocol.CheckBinName(name); err != nil {
			return err
		}
	}
	for i := range c.bins {
		if err := checkOperation(c.code, c.bins[i].Name, c.bins[i].Value, &size); err != nil {
			return err
		}
	}
	for i := range c.ops {
		if err := c.ops[i].Check(); err != nil {
			return err
		}
		if o := &c.ops[i]; o.Code != protocol.OpRead {
			if err := checkBinValue(o.Bin, o.Value, &size); err != nil {
				return err
			}
		}
	}
	if c.encoded != nil {
		return c.encoded.check()
	}
	return checkSize(size)
}

func checkOperation(code protocol.OpCode, bin string, v protocol.Value, size *int) error {
	o := protocol.Operation{Code: code, Bin: bin, Value: v}
	if err := o.Check(); err != nil {
		return err
	}
	return checkBinValue(bin, v, size)
}

// checkBinValue checks the value of a bin and adds its estimated size to size.
func checkBinValue(bin string, v protocol.Value, size *int) error {
	if err := protocol.CheckParticle(v, size); err != nil {
		return fmt.Errorf("bin %q: %w", bin, err)
	}
	return nil
}

// checkSize returns an error if the values alone are larger than a message can be.
func checkSize(size int) error {
	if size > protocol.MaxProtoSize {
		return fmt.Errorf("%w: values of %d bytes, at most %d are possible", protocol.ErrTooLarge, size, protocol.MaxProtoSize)
	}
	return nil
}

// OnlyBin returns the name of the bin that the command reads or writes, or "" if there is no bin or
// more than one.
func (c *Command) OnlyBin() string {
	if c.opCount() == 0 {
		return ""
	}
	if c.encoded != nil {
		return c.encoded.onlyBin()
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

// checkNewSet checks the name of the set if the command can create a record.
func (c *Command) checkNewSet() error {
	if !c.IsWrite() || c.Info2&Info2Delete != 0 || c.EndsTransaction() || c.Info3&(Info3UpdateOnly|Info3ReplaceOnly) != 0 {
		return nil
	}
	if err := protocol.CheckNewName("set", c.Key.Set); err != nil {
		return fmt.Errorf("%w: %w", protocol.ErrInvalidKey, err)
	}
	return nil
}
