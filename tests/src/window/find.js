// Finds what a screen reader would announce. Defines byRole and described for the caller.

const implicitRoles = [
  ['a[href]', 'link'],
  ['button, summary, input[type=button], input[type=submit]', 'button'],
  ['input[type=checkbox]', 'checkbox'],
  ['input[type=radio]', 'radio'],
  ['input[type=number]', 'spinbutton'],
  ['input[type=search]:not([list])', 'searchbox'],
  ['input[list], select:not([multiple])', 'combobox'],
  ['textarea, input:not([type]), input[type=text], input[type=email], input[type=password], input[type=tel], input[type=url], input[type=date], input[type=time]', 'textbox'],
  ['h1, h2, h3, h4, h5, h6', 'heading'],
  ['nav', 'navigation'],
  ['main', 'main'],
  ['dialog', 'dialog'],
  ['section', 'region'],
  ['table', 'table'],
  ['tr', 'row'],
  ['td', 'cell'],
  ['option', 'option'],
  ['output', 'status'],
]

const namedByContent = new Set([
  'button', 'cell', 'checkbox', 'heading', 'link', 'option', 'radio', 'row', 'switch', 'tab',
  'alert', 'status',
])

function roleOf(element) {
  const given = element.getAttribute('role')
  if (given) return given.split(' ')[0]
  const implicit = implicitRoles.find(([selector]) => element.matches(selector))
  return implicit ? implicit[1] : ''
}

function tidy(text) {
  return (text ?? '').replace(/\s+/g, ' ').trim()
}

// https://www.w3.org/TR/accname-1.2/, as far as our pages use it.
function nameOf(element) {
  const labelled = element.getAttribute('aria-labelledby')
  if (labelled) {
    const parts = labelled.split(/\s+/).map((id) => document.getElementById(id)?.textContent)
    return tidy(parts.join(' '))
  }
  const candidates = [
    element.getAttribute('aria-label'),
    [...(element.labels ?? [])].map((label) => label.textContent).join(' '),
    namedByContent.has(roleOf(element)) ? element.textContent : '',
    element.getAttribute('title'),
    element.getAttribute('placeholder'),
  ]
  return candidates.map(tidy).find((name) => name !== '') ?? ''
}

function isPerceivable(element) {
  return (
    element.checkVisibility({ visibilityProperty: true }) &&
    !element.closest('[aria-hidden=true], [inert]')
  )
}

function byRole(role, name) {
  const wanted = tidy(name).toLowerCase()
  const selectors = implicitRoles.filter(([, implied]) => implied === role).map(([s]) => s)
  const selector = [`[role~="${role}"]`, ...selectors].join(', ')
  const candidates = [...document.querySelectorAll(selector)]
    .filter((element) => roleOf(element) === role && isPerceivable(element))
    .map((element) => [element, nameOf(element).toLowerCase()])
  const whole = candidates.find(([, given]) => given === wanted)
  const part = candidates.find(([, given]) => given.includes(wanted))
  return (whole ?? part)?.[0] ?? null
}

function described(element) {
  if (!element || element === document.body) return ''
  return `${roleOf(element) || element.localName} "${nameOf(element)}"`
}
