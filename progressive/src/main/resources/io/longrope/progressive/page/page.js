'use strict';

// Shows what is new as it comes. Without this script the page says what was true when it was loaded.

const live = document.getElementById('live');
let source = null;
let busy = false;
let again = false;

/** Once at a time; asked for meanwhile, once more. */
async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    const answer = await fetch(location.href, {cache: 'no-store'});
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      await renew(document.querySelector('main'), page.querySelector('main'));
      live.textContent = 'live, ' + new Date().toLocaleTimeString([], {hourCycle: 'h23'});
    }
  } catch (e) {
    live.textContent = 'no connection, trying again';
  } finally {
    busy = false;
  }
  if (again) {
    again = false;
    refresh();
  }
}

/** Replaces the sections that differ, so that nothing moves under a reader's hand. */
async function renew(main, fresh) {
  const sections = Array.from(fresh.children);
  for (let i = 0; i < sections.length; i++) {
    const old = main.children[i];
    const section = document.importNode(sections[i], true);
    if (!old) {
      main.append(section);
      continue;
    }
    const open = old.querySelectorAll('details');
    section.querySelectorAll('details').forEach((details, place) => { details.open = place < open.length && open[place].open; });
    const ticked = new Set(Array.from(old.querySelectorAll('input:checked'), box => box.value));
    section.querySelectorAll('input[type=checkbox]').forEach(box => { box.checked = ticked.has(box.value); });
    if (old.outerHTML !== section.outerHTML) {
      await drawn(old, section);
      old.replaceWith(section);
    }
  }
  while (main.children.length > sections.length) {
    main.lastElementChild.remove();
  }
}

/** Waits for new pictures, so that there is never a gap where one was. */
async function drawn(old, section) {
  const shown = new Set(Array.from(old.querySelectorAll('img'), image => image.getAttribute('src')));
  const missing = Array.from(section.querySelectorAll('img'), image => image.getAttribute('src')).filter(src => !shown.has(src));
  await Promise.all(missing.map(src => {
    const image = new Image();
    image.src = src;
    return image.decode().catch(() => {});
  }));
}

/** A browser has few connections to a server: a page nobody sees gives its own up. */
function follow() {
  if (document.hidden) {
    if (source) {
      source.close();
      source = null;
    }
  } else if (!source) {
    source = new EventSource('/events');
    source.onmessage = refresh;
    source.onerror = () => { live.textContent = 'no connection, trying again'; };
  }
}

document.addEventListener('visibilitychange', follow);
follow();
