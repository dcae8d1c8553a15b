package function

var textFunctions, numberFunctions, listFunctions, mapFunctions, bitFunctions, geoFunctions []*Function
