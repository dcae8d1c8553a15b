package protocol

import "fmt"

// CheckNewName reports a name that nothing new should have: with a control character, or with a character that separates the fields
// of info commands and of their answers, ';' ':' '=' ','. Servers store such sets and bins all the same. Their lists are ambiguous
// then, and info commands, which truncate a set or create an index, can't name them. The name itself is quoted in the error, after
// what it is the name of.
func CheckNewName(what, name string) error {
	for i := range len(name) {
		switch c := name[i]; {
		case c < ' ' || c == 0x7f:
			return fmt.Errorf("the name %.80q of a %s has a control character", name, what)
		case c == ';' || c == ':' || c == '=' || c == ',':
			return fmt.Errorf("the name %.80q of a %s has a %q; ';', ':', '=' and ',' separate what servers list", name, what, c)
		}
	}
	return nil
}

// checkNewNames checks the names that the command would bring into being: its set, unless it can only change records that are
// there, and the bins that it writes.
func (c *Command) checkNewNames() error {
	if !c.IsWrite() || c.Info2&Info2Delete != 0 || c.EndsTransaction() {
		return nil
	}
	if c.Info3&(Info3UpdateOnly|Info3ReplaceOnly) == 0 {
		if err := CheckNewName("set", c.Key.Set); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalidKey, err)
		}
	}
	for i := range c.bins {
		if err := checkNewBin(c.bins[i].Name, c.bins[i].Value.IsNil() && c.code == OpWrite); err != nil {
			return err
		}
	}
	for i := range c.ops {
		o := &c.ops[i]
		if err := checkNewBin(o.Bin, !o.Code.IsWrite() || o.Code == OpWrite && o.Value.IsNil()); err != nil {
			return err
		}
	}
	return nil
}

func checkNewBin(name string, removed bool) error {
	if removed {
		return nil
	}
	if err := CheckNewName("bin", name); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidBin, err)
	}
	return nil
}
