-- A session of Neovim, set up by editors/neovim/wafcheck.lua: nvim --headless -u NONE -S neovim.lua
-- WAFCHECK is the program, EDITORS the folder of configurations, SESSION the file that gets what was
-- seen.
local seen = {}
local function see(text)
  table.insert(seen, text)
end
local function finish()
  vim.fn.writefile(seen, os.getenv("SESSION"))
  vim.cmd("qa!")
end

local function session()
  vim.g.wafcheck_cmd = { os.getenv("WAFCHECK"), "lsp" }
  vim.cmd("source " .. os.getenv("EDITORS") .. "/neovim/wafcheck.lua")
  vim.cmd("edit coraza-site.conf")
  vim.cmd("setfiletype seclang")
  vim.wait(10000, function() return #vim.lsp.get_active_clients() > 0 end, 20)
  local client = vim.lsp.get_active_clients()[1].id
  vim.wait(10000, function() return vim.lsp.buf_get_clients(0)[client] ~= nil end, 20)
  local encoding = function() return vim.lsp.get_client_by_id(client).offset_encoding end
  local function findings()
    local all = vim.diagnostic.get(0)
    table.sort(all, function(a, b) return a.lnum < b.lnum end)
    return all
  end
  local function ask(method, params)
    local answers = vim.lsp.buf_request_sync(0, method, params, 10000)
    return answers and answers[client] and answers[client].result
  end
  local function stand(line, column)
    vim.api.nvim_win_set_cursor(0, { line, column })
    return vim.lsp.util.make_position_params(0, encoding())
  end
  local function line(number)
    return vim.api.nvim_buf_get_lines(0, number - 1, number, true)[1]
  end

  vim.wait(10000, function() return #findings() > 1 end, 20)
  for _, finding in ipairs(findings()) do
    if finding.severity == vim.diagnostic.severity.ERROR then
      see(("finding %s at %d:%d"):format(finding.code or finding.user_data.lsp.code,
        finding.lnum + 1, finding.col + 1))
    end
  end

  local hover = ask("textDocument/hover", stand(2, line(2):find("deny") - 1))
  see("hover: " .. hover.contents.value:match("[^\n]*"))

  local list = ask("textDocument/completion", stand(4, #line(4)))
  for _, item in ipairs(vim.lsp.util.text_document_completion_list_to_complete_items(list, "@begi")) do
    see("completion: " .. item.word)
  end

  -- The line that cannot be read has done its work.
  vim.api.nvim_buf_set_lines(0, 3, 4, true, {})
  vim.wait(10000, function() return #findings() > 0 and findings()[#findings()].lnum < 3 end, 20)
  stand(2, line(2):find("ARGZ") - 1)
  local params = vim.lsp.util.make_range_params(0, encoding())
  params.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(0, 1) }
  for _, action in ipairs(ask("textDocument/codeAction", params)) do
    if action.title == "write ARGS" then
      vim.lsp.util.apply_workspace_edit(action.edit, encoding())
      see("action: " .. line(2))
    end
  end

  params = stand(2, line(2):find("id:100") + 2)
  params.newName = "200"
  vim.lsp.util.apply_workspace_edit(ask("textDocument/rename", params), encoding())
  see("rename: " .. line(2))
  see("rename: " .. line(3))

  vim.lsp.buf.formatting_sync(nil, 10000)
  see("format: " .. line(3))
  vim.lsp.stop_client(client)
end

local good, fault = xpcall(session, debug.traceback)
if not good then see(fault) end
finish()
