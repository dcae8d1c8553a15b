package aerogorm

import (
	"gorm.io/gorm"
)

// dropGuessedKeys removes the keys that gorm computes for several maps of one Create: it counts up
// from the last key, and generated keys are not consecutive.
func dropGuessedKeys(db *gorm.DB) {
	maps, ok := db.Statement.Dest.([]map[string]any)
	if p, isPointer := db.Statement.Dest.(*[]map[string]any); isPointer && p != nil {
		maps, ok = *p, true
	}
	if !ok || len(maps) < 2 {
		return
	}
	name := "@id"
	if s := db.Statement.Schema; s != nil && s.PrioritizedPrimaryField != nil {
		if name = s.PrioritizedPrimaryField.DBName; !s.PrioritizedPrimaryField.HasDefaultValue {
			return
		}
	}
	for _, m := range maps {
		delete(m, name)
	}
}
