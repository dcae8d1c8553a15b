package plan

import "github.com/aerosql/aerosql/querylang/bind"

// Lower decides how a set is read in one run. The environment of expressions has the arguments, and
// the rows of the blocks around the scan's block, which its conditions may read; its Row is not
// used.
func Lower(s *Scan, env *bind.Env, e Environment) (*Access, error) { return nil, nil }

// LowerLookup decides how the records of the right side of a LookupJoin are read: the access is
// that of reading by keys, without the keys.
func LowerLookup(s *Scan, env *bind.Env, e Environment) (*Access, error) { return nil, nil }
