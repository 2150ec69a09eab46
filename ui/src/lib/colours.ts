// The colour of a car as it is said at a counter, as a colour to show. What is not in the table
// has no swatch; the word stands anyway.

const COLOURS: [string, string][] = [
  ['oklch(0.98 0 0)', 'white weiss weiß blanc blanco alpine pearl ivory'],
  ['oklch(0.22 0 0)', 'black schwarz noir negro onyx'],
  ['oklch(0.78 0.005 250)', 'silver silber argent plata aluminum aluminium'],
  ['oklch(0.58 0.008 250)', 'gray grey grau gris graphite anthracite anthrazit charcoal'],
  ['oklch(0.55 0.21 27)', 'red rot rouge rojo crimson'],
  ['oklch(0.38 0.13 20)', 'burgundy bordeaux maroon weinrot'],
  ['oklch(0.48 0.16 258)', 'blue blau bleu azul'],
  ['oklch(0.32 0.1 262)', 'navy dunkelblau marine'],
  ['oklch(0.52 0.12 150)', 'green grün gruen vert verde'],
  ['oklch(0.88 0.17 98)', 'yellow gelb jaune amarillo'],
  ['oklch(0.72 0.17 55)', 'orange'],
  ['oklch(0.42 0.06 55)', 'brown braun marron bronze'],
  ['oklch(0.84 0.05 85)', 'beige sand champagne tan cream creme'],
  ['oklch(0.78 0.11 90)', 'gold oro'],
  ['oklch(0.5 0.15 310)', 'purple violet lila violett'],
  ['oklch(0.75 0.12 0)', 'pink rosa'],
  ['oklch(0.6 0.09 200)', 'teal petrol turquoise türkis'],
];

const BY_WORD = new Map(
  COLOURS.flatMap(([colour, names]) => names.split(' ').map((name) => [name, colour] as const)),
);

export function colourOf(name: string): string | null {
  const words = name.toLowerCase().split(/[^\p{L}]+/u);
  // The last word is the noun: "pearl white", "navy blue" is still navy.
  for (const word of words.includes('navy') ? ['navy'] : words.reverse()) {
    const colour = BY_WORD.get(word);
    if (colour) return colour;
  }
  return null;
}
