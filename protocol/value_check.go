package protocol

import "fmt"

// CheckParticle returns the error that [AppendParticle] would return for v, and adds an estimate of
// the size of v in bytes to size: the number of bytes of its strings and blobs, and of elements of
// its lists and maps. It does not allocate unless it returns an error.
func CheckParticle(v Value, size *int) error {
	switch v.kind {
	case KindNil, KindInt, KindFloat, KindBool:
		return nil
	case KindString, KindBlob, KindHLL, KindGeoJSON:
		*size += int(v.num)
		return nil
	case KindList, KindMap:
		return checkElement(v, 0, size)
	case KindInvalid:
		return v.Err()
	}
	return fmt.Errorf("%w: a bin can't hold %s", ErrInvalidValue, v.kind)
}

// CheckArgument is [CheckParticle] for a value that is an element of a list: it returns the error
// that [AppendMsgpack] would return for the list.
func CheckArgument(v Value, size *int) error { return checkElement(v, 1, size) }

// checkElement returns the error of AppendMsgpack for a value in depth lists or maps.
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
