// What extensions, password managers, proxies and translators do to a page.

/**
 * The changes by name. `seed` chooses the places of those at random. The function runs in the page, so it uses nothing from
 * outside.
 */
export function changes(seed: number): Record<string, () => void> {
  const random = (below: number) => {
    seed = (seed * 16807) % 2147483647
    return seed % below
  }
  const oneOf = <T>(all: T[]): T => all[random(all.length)]
  const nodes = <T extends ChildNode>(kind: number, root: Node = document.body): T[] => {
    const walker = document.createTreeWalker(root, kind)
    const found: T[] = []
    while (walker.nextNode()) found.push(walker.currentNode as unknown as T)
    return found.filter((node) => !node.parentElement?.closest('script, style'))
  }
  const texts = () => nodes<Text>(NodeFilter.SHOW_TEXT).filter(({ data }) => data.trim())
  const elements = () => nodes<HTMLElement>(NodeFilter.SHOW_ELEMENT).filter((element) => element.tagName !== 'SCRIPT')
  const create = (name: string, text = '') => Object.assign(document.createElement(name), { textContent: text })
  const inputs = () => Array.from(document.querySelectorAll('input'))
  const wrap = (node: ChildNode, name: string) => {
    const around = create(name)
    node.replaceWith(around)
    around.append(node)
    return around
  }
  const removable = (element: Element) =>
    !element.matches('form, button, input, a, nav, header, h1, li') && !element.querySelector('form, button, input, a, h1')

  const atOnePlace: (() => void)[] = [
    () => oneOf(elements()).append(create(oneOf(['div', 'span']))),
    () => oneOf(elements()).prepend(create(oneOf(['div', 'span']))),
    // Not inside of a link or a button: a frame takes the clicks itself.
    () => oneOf(elements().filter((element) => !element.closest('a, button')))[oneOf(['append', 'prepend'] as const)](create('iframe')),
    () => oneOf(elements()).after(create(oneOf(['div', 'span']))),
    () => oneOf(elements()).before(document.createTextNode('text')),
    () => oneOf(elements()).setAttribute(oneOf(['data-extension', 'style', 'title']), ''),
    () => oneOf(elements()).classList.add('extension'),
    () => wrap(oneOf(texts()), 'font'),
    () => (oneOf(texts()).data = 'Übersetzt'),
    () => oneOf(texts()).splitText(1),
    () => oneOf([...nodes(NodeFilter.SHOW_COMMENT), create('div')]).remove(),
    () => oneOf([...elements().filter(removable), create('div')]).remove(),
  ]

  return {
    'elements of an extension in the head and the body': () => {
      document.head.prepend(create('style', 'x-extension { all: initial }'))
      document.head.append(create('style'), create('meta'))
      document.body.prepend(create('div'))
      document.body.append(create('x-extension'), create('iframe'))
    },
    'attributes of extensions': () => {
      document.documentElement.setAttribute('data-darkreader-mode', 'dynamic')
      document.body.setAttribute('cz-shortcut-listen', 'true')
      for (const element of elements()) {
        element.setAttribute('data-darkreader-inline-color', '')
        element.style.setProperty('--darkreader-inline-color', 'red')
      }
      for (const input of inputs()) input.setAttribute('data-dashlane-rid', '1')
    },
    'a button of a password manager after each input': () => inputs().forEach((input) => input.after(create('div', '⋮'))),
    'a frame of a password manager after each input': () => inputs().forEach((input) => input.after(create('iframe'))),
    'each input in an element of its own': () => inputs().forEach((input) => wrap(input, 'span')),
    'each text translated': () => {
      document.documentElement.lang = 'de'
      document.documentElement.classList.add('translated-ltr')
      for (const text of texts()) wrap(wrap(text, 'font'), 'font').setAttribute('style', 'vertical-align: inherit')
      for (const text of texts()) text.data = 'Übersetzt'
      document.title = 'Übersetzt'
    },
    'each address hidden by a proxy': () => {
      for (const text of texts().filter(({ data }) => data.includes('@'))) {
        const link = Object.assign(create('a', '[email protected]'), { href: '/cdn-cgi/l/email-protection', className: '__cf_email__' })
        text.replaceWith(link)
      }
      document.body.append(create('script'))
    },
    'no comments, as proxies leave them out': () => {
      nodes(NodeFilter.SHOW_COMMENT, document).forEach((comment) => comment.remove())
      // The parser would have made one text of neighbours.
      document.normalize()
    },
    'no white space': () => {
      for (const text of nodes<Text>(NodeFilter.SHOW_TEXT)) {
        text.data = text.data.trim().replace(/\s+/g, ' ')
        if (!text.data) text.remove()
      }
    },
    'elements hidden by a blocker removed': () => elements().filter(removable).slice(-3).forEach((element) => element.remove()),
    'changes at random places': () => {
      for (let number = 0; number < 4; number++) oneOf(atOnePlace)()
    },
  }
}
