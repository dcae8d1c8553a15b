package function

// CommonType returns the type that several values have in common, as the branches of CASE: that of
// the declared ones if they agree. It returns false if values of the types must not be mixed as
// they are stored, because a decimal or a time would become a wrong number: such as DECIMAL(10, 2)
// and DECIMAL(10, 3), or TIMESTAMP and INTEGER. The types of NULL and of converted constants should
// be left out.
func CommonType(types []Type) (Type, bool) {
	var common Type
	for i, t := range types {
		switch {
		case i == 0:
			common = t
		case common.Family == t.Family && common.Scale == t.Scale:
			if common.Name != t.Name {
				common.Name = ""
			}
			if common.Length == 0 || t.Length == 0 {
				common.Length = 0
			}
			common.Length = max(common.Length, t.Length)
			common.Precision = max(common.Precision, t.Precision)
		case isTime(common) && isTime(t):
			common = Type{Family: Timestamps}
		case common.IsScaled() || t.IsScaled():
			return Type{}, false
		default:
			common = Type{}
		}
	}
	return common, true
}

func isTime(t Type) bool { return t.Family == Timestamps || t.Family == Dates }

// IsScaled reports whether the stored integers of a type mean something else than their number:
// decimals, timestamps and dates.
func (t Type) IsScaled() bool { return t.Family == Decimals || isTime(t) }

// Argument returns the type that an argument of type t must be cast to, with CastFrom, before a
// function can use it. The zero Type means that nothing needs to be done.
//
// Unless the parameter takes the values as they are stored, a decimal and a time are texts for a
// function that takes texts, and a decimal is a float for a function of numbers.
func (p Parameter) Argument(t Type) Type {
	switch {
	case !t.IsScaled() || p.Stored.has(t.Family):
		return Type{}
	case p.Kinds.Has(String):
		return Type{Family: Strings}
	case t.Family == Decimals && p.Kinds.Has(floatKind):
		return Type{Family: Floats}
	case t.Family == Decimals && p.Kinds.Has(Integer):
		return Type{Family: Integers}
	}
	return Type{}
}

// Families is a set of families.
type Families uint32

// FamiliesOf returns the set of some families.
func FamiliesOf(families ...Family) Families {
	var set Families
	for _, f := range families {
		set |= 1 << f
	}
	return set
}

func (s Families) has(f Family) bool { return s>>f&1 == 1 }

// fixed returns the Result of a function whose result has always the same type.
func fixed(family Family, kinds Kinds) func([]Type) (Type, Kinds) {
	return func([]Type) (Type, Kinds) { return Type{Family: family}, kinds }
}

// unified is the Result of a function that returns one of its arguments.
func unified(args []Type) (Type, Kinds) {
	t, ok := CommonType(args)
	if !ok {
		return Type{}, Any
	}
	kinds := Null
	for _, a := range args {
		kinds |= a.Kinds()
	}
	return t, kinds
}

// numberLike is the Result of a function that returns a number of the kind of its first argument.
func numberLike(args []Type) (Type, Kinds) {
	switch t := args[0]; t.Family {
	case Integers, Floats, Decimals:
		t.Name, t.Length = "", 0
		return t, t.Kinds() | Null
	}
	return Type{}, Number | Null
}

// anyResult is the Result of a function of collections: elements have no declared type.
func anyResult([]Type) (Type, Kinds) { return Type{}, Any }

// textOrBlob is the Result of a function that returns the kind of its first argument.
func textOrBlob(args []Type) (Type, Kinds) {
	switch args[0].Family {
	case Strings, Decimals, Timestamps, Dates:
		return Type{Family: Strings}, String | Null
	case Blobs:
		return Type{Family: Blobs}, Blob | Null
	}
	return Type{}, String | Blob | Null
}
